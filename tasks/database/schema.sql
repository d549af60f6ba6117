-- The app's tables as its own migrations make them: 31 tables, 22 enums, 49 foreign keys.
-- The one source of the contract: tasks/database/contract.py reads it too, so keep its form,
-- one column a line. Timestamps mean UTC.

CREATE TYPE "ActivityType" AS ENUM ('RSVP_EVENT', 'HOST_EVENT', 'JOIN_COMMUNITY', 'LEAVE_COMMUNITY', 'SEND_FRIEND_REQUEST', 'ACCEPT_FRIEND_REQUEST');
CREATE TYPE "BillingInterval" AS ENUM ('MONTHLY', 'YEARLY');
CREATE TYPE "CommunityExclusivity" AS ENUM ('OPEN', 'INVITE_ONLY', 'APPLICATION_BASED');
CREATE TYPE "DiscountType" AS ENUM ('AMOUNT', 'PERCENT');
CREATE TYPE "EventRole" AS ENUM ('CO_HOST', 'MANAGER', 'CHECKIN');
CREATE TYPE "EventStatus" AS ENUM ('DRAFT', 'PUBLISHED', 'CANCELLED');
CREATE TYPE "EventVisibility" AS ENUM ('PUBLIC', 'PRIVATE', 'MEMBER_ONLY');
CREATE TYPE "ExperienceLevel" AS ENUM ('JUNIOR', 'MID', 'SENIOR', 'EXECUTIVE');
CREATE TYPE "FriendshipStatus" AS ENUM ('PENDING', 'ACCEPTED', 'BLOCKED');
CREATE TYPE "LocationType" AS ENUM ('PHYSICAL', 'ONLINE', 'HYBRID');
CREATE TYPE "MembershipRole" AS ENUM ('MEMBER', 'MODERATOR', 'ADMIN');
CREATE TYPE "NetworkingStyle" AS ENUM ('ACTIVE', 'SELECTIVE', 'CASUAL');
CREATE TYPE "OrderStatus" AS ENUM ('PENDING', 'PAID', 'CANCELLED');
CREATE TYPE "PaymentState" AS ENUM ('NONE', 'PENDING', 'PAID', 'REFUNDED');
CREATE TYPE "PaymentStatus" AS ENUM ('PENDING', 'SUCCEEDED', 'FAILED', 'CANCELLED');
CREATE TYPE "QuestionType" AS ENUM ('SHORT_TEXT', 'LONG_TEXT', 'SINGLE_SELECT', 'MULTI_SELECT', 'CHECKBOX', 'TERMS', 'SIGNATURE');
CREATE TYPE "RsvpStatus" AS ENUM ('CONFIRMED', 'CANCELLED', 'WAITLIST');
CREATE TYPE "SpendingPower" AS ENUM ('LOW', 'MEDIUM', 'HIGH');
CREATE TYPE "SubscriptionStatus" AS ENUM ('ACTIVE', 'PAST_DUE', 'CANCELED');
CREATE TYPE "TicketVisibility" AS ENUM ('PUBLIC', 'CODE_REQUIRED', 'HIDDEN');
CREATE TYPE "UserCohort" AS ENUM ('POWER', 'FRIEND_GROUP', 'CASUAL');
CREATE TYPE "UserRole" AS ENUM ('USER', 'ADMIN');

CREATE TABLE "Account" (
    "userId" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "providerAccountId" TEXT NOT NULL,
    "refresh_token" TEXT,
    "access_token" TEXT,
    "expires_at" INTEGER,
    "token_type" TEXT,
    "scope" TEXT,
    "id_token" TEXT,
    "session_state" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Account_pkey" PRIMARY KEY ("provider", "providerAccountId")
);

CREATE TABLE "Category" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "subcategories" TEXT[] DEFAULT ARRAY[]::TEXT[],
    CONSTRAINT "Category_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "CheckIn" (
    "id" TEXT NOT NULL,
    "rsvpId" TEXT NOT NULL,
    "scannedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "CheckIn_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Community" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "description" TEXT,
    "coverImage" TEXT,
    "isPublic" BOOLEAN NOT NULL DEFAULT true,
    "ownerId" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "exclusivity" "CommunityExclusivity" NOT NULL DEFAULT 'OPEN',
    "targetAudience" TEXT,
    CONSTRAINT "Community_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "CommunityMembership" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "communityId" TEXT NOT NULL,
    "role" "MembershipRole" NOT NULL DEFAULT 'MEMBER',
    "membershipTierId" TEXT,
    "subscriptionStatus" "SubscriptionStatus",
    "expiresAt" TIMESTAMP(3),
    "joinedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "CommunityMembership_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Event" (
    "id" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "title" TEXT NOT NULL,
    "subtitle" TEXT,
    "description" TEXT,
    "coverImage" TEXT,
    "startDate" TIMESTAMP(3) NOT NULL,
    "endDate" TIMESTAMP(3) NOT NULL,
    "timezone" TEXT NOT NULL DEFAULT 'America/New_York',
    "locationType" "LocationType" NOT NULL,
    "venueName" TEXT,
    "venueAddress" TEXT,
    "onlineUrl" TEXT,
    "capacity" INTEGER,
    "isPublished" BOOLEAN NOT NULL DEFAULT false,
    "status" "EventStatus" NOT NULL DEFAULT 'DRAFT',
    "visibility" "EventVisibility" NOT NULL DEFAULT 'PUBLIC',
    "publishedAt" TIMESTAMP(3),
    "requiresApproval" BOOLEAN NOT NULL DEFAULT false,
    "locationHiddenUntilApproved" BOOLEAN NOT NULL DEFAULT false,
    "hostId" TEXT NOT NULL,
    "communityId" TEXT,
    "deletedAt" TIMESTAMP(3),
    "rsvpCount" INTEGER NOT NULL DEFAULT 0,
    "paidRsvpCount" INTEGER NOT NULL DEFAULT 0,
    "checkInCount" INTEGER NOT NULL DEFAULT 0,
    "viewCount" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "locationId" TEXT,
    CONSTRAINT "Event_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventCategory" (
    "eventId" TEXT NOT NULL,
    "categoryId" TEXT NOT NULL,
    CONSTRAINT "EventCategory_pkey" PRIMARY KEY ("eventId", "categoryId")
);

CREATE TABLE "EventCollaborator" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "role" "EventRole" NOT NULL,
    CONSTRAINT "EventCollaborator_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventDailyStat" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "date" TIMESTAMP(3) NOT NULL,
    "views" INTEGER NOT NULL DEFAULT 0,
    "uniqueViews" INTEGER NOT NULL DEFAULT 0,
    "rsvps" INTEGER NOT NULL DEFAULT 0,
    "paidRsvps" INTEGER NOT NULL DEFAULT 0,
    CONSTRAINT "EventDailyStat_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventFeedback" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "rsvpId" TEXT NOT NULL,
    "rating" INTEGER,
    "comment" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "EventFeedback_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventMessage" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "userId" TEXT,
    "content" TEXT NOT NULL,
    "parentId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "EventMessage_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventReferral" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "userId" TEXT,
    "code" TEXT NOT NULL,
    "uses" INTEGER NOT NULL DEFAULT 0,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "EventReferral_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "EventView" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "userId" TEXT,
    "ipAddress" TEXT,
    "userAgent" TEXT,
    "referrer" TEXT,
    "viewedAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "EventView_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Friendship" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "friendId" TEXT NOT NULL,
    "status" "FriendshipStatus" NOT NULL DEFAULT 'PENDING',
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "acceptedAt" TIMESTAMP(3),
    CONSTRAINT "Friendship_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Location" (
    "id" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "country" TEXT NOT NULL,
    "continent" TEXT NOT NULL,
    "timezone" TEXT NOT NULL,
    "iconPath" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    "coverImage" TEXT,
    CONSTRAINT "Location_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "MembershipTier" (
    "id" TEXT NOT NULL,
    "communityId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "slug" TEXT NOT NULL,
    "description" TEXT,
    "priceCents" INTEGER,
    "currency" TEXT,
    "billingInterval" "BillingInterval",
    "stripePriceId" TEXT,
    "isActive" BOOLEAN NOT NULL DEFAULT true,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "benefits" TEXT[] DEFAULT ARRAY[]::TEXT[],
    CONSTRAINT "MembershipTier_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Order" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "purchaserEmail" TEXT NOT NULL,
    "purchaserName" TEXT,
    "status" "OrderStatus" NOT NULL DEFAULT 'PENDING',
    "totalCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "refundedCents" INTEGER NOT NULL DEFAULT 0,
    "appliedPromoCodeId" TEXT,
    "idempotencyKey" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Order_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "OrderItem" (
    "id" TEXT NOT NULL,
    "orderId" TEXT NOT NULL,
    "ticketTierId" TEXT NOT NULL,
    "quantity" INTEGER NOT NULL,
    "priceCents" INTEGER NOT NULL,
    CONSTRAINT "OrderItem_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Payment" (
    "id" TEXT NOT NULL,
    "orderId" TEXT NOT NULL,
    "attemptNumber" INTEGER NOT NULL DEFAULT 1,
    "provider" TEXT NOT NULL,
    "providerIntentId" TEXT,
    "providerChargeId" TEXT,
    "status" "PaymentStatus" NOT NULL DEFAULT 'PENDING',
    "amountCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "Payment_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "PromoCode" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "code" TEXT NOT NULL,
    "discountType" "DiscountType" NOT NULL,
    "amountOffCents" INTEGER,
    "percentOff" INTEGER,
    "maxRedemptions" INTEGER,
    "redeemedCount" INTEGER NOT NULL DEFAULT 0,
    "startsAt" TIMESTAMP(3),
    "endsAt" TIMESTAMP(3),
    "appliesToAllTiers" BOOLEAN NOT NULL DEFAULT true,
    CONSTRAINT "PromoCode_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "PromoCodeTier" (
    "promoCodeId" TEXT NOT NULL,
    "ticketTierId" TEXT NOT NULL,
    CONSTRAINT "PromoCodeTier_pkey" PRIMARY KEY ("promoCodeId", "ticketTierId")
);

CREATE TABLE "Refund" (
    "id" TEXT NOT NULL,
    "paymentId" TEXT NOT NULL,
    "amountCents" INTEGER NOT NULL,
    "reason" TEXT,
    "providerRefundId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Refund_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "RegistrationAnswer" (
    "id" TEXT NOT NULL,
    "rsvpId" TEXT NOT NULL,
    "questionId" TEXT NOT NULL,
    "value" TEXT NOT NULL,
    CONSTRAINT "RegistrationAnswer_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "RegistrationQuestion" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "type" "QuestionType" NOT NULL,
    "label" TEXT NOT NULL,
    "required" BOOLEAN NOT NULL DEFAULT false,
    "position" INTEGER NOT NULL,
    "options" TEXT[],
    CONSTRAINT "RegistrationQuestion_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Rsvp" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "ticketTierId" TEXT,
    "userId" TEXT,
    "orderId" TEXT,
    "email" TEXT NOT NULL,
    "name" TEXT,
    "status" "RsvpStatus" NOT NULL DEFAULT 'CONFIRMED',
    "paymentState" "PaymentState" NOT NULL DEFAULT 'NONE',
    "waitlistPosition" INTEGER,
    "referralId" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "Rsvp_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "Session" (
    "sessionToken" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "expires" TIMESTAMP(3) NOT NULL,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "updatedAt" TIMESTAMP(3) NOT NULL
);

CREATE TABLE "TicketTier" (
    "id" TEXT NOT NULL,
    "eventId" TEXT NOT NULL,
    "name" TEXT NOT NULL,
    "description" TEXT,
    "priceCents" INTEGER NOT NULL,
    "currency" TEXT NOT NULL DEFAULT 'USD',
    "quantityTotal" INTEGER,
    "quantitySold" INTEGER NOT NULL DEFAULT 0,
    "visibility" "TicketVisibility" NOT NULL DEFAULT 'PUBLIC',
    "salesStart" TIMESTAMP(3),
    "salesEnd" TIMESTAMP(3),
    CONSTRAINT "TicketTier_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "User" (
    "id" TEXT NOT NULL,
    "name" TEXT,
    "email" TEXT,
    "emailVerified" TIMESTAMP(3),
    "image" TEXT,
    "password" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locationId" TEXT,
    "bio" TEXT,
    "experienceLevel" "ExperienceLevel",
    "industry" TEXT,
    "interests" TEXT[],
    "networkingStyle" "NetworkingStyle",
    "profession" TEXT,
    "spendingPower" "SpendingPower",
    "userCohort" "UserCohort",
    "username" TEXT,
    "role" "UserRole" NOT NULL DEFAULT 'USER',
    "isDemo" BOOLEAN NOT NULL DEFAULT false,
    CONSTRAINT "User_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "UserActivity" (
    "id" TEXT NOT NULL,
    "userId" TEXT NOT NULL,
    "type" "ActivityType" NOT NULL,
    "targetId" TEXT NOT NULL,
    "targetType" TEXT NOT NULL,
    "metadata" TEXT,
    "createdAt" TIMESTAMP(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    CONSTRAINT "UserActivity_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "UserCategory" (
    "userId" TEXT NOT NULL,
    "categoryId" TEXT NOT NULL,
    "interestLevel" INTEGER NOT NULL DEFAULT 5,
    CONSTRAINT "UserCategory_pkey" PRIMARY KEY ("userId", "categoryId")
);

CREATE TABLE "VerificationToken" (
    "identifier" TEXT NOT NULL,
    "token" TEXT NOT NULL,
    "expires" TIMESTAMP(3) NOT NULL,
    CONSTRAINT "VerificationToken_pkey" PRIMARY KEY ("identifier", "token")
);

CREATE UNIQUE INDEX "Category_name_key" ON "Category" ("name");
CREATE UNIQUE INDEX "Category_slug_key" ON "Category" ("slug");
CREATE UNIQUE INDEX "CheckIn_rsvpId_key" ON "CheckIn" ("rsvpId");
CREATE UNIQUE INDEX "Community_slug_key" ON "Community" ("slug");
CREATE UNIQUE INDEX "CommunityMembership_userId_communityId_key" ON "CommunityMembership" ("userId", "communityId");
CREATE INDEX "CommunityMembership_communityId_role_idx" ON "CommunityMembership" ("communityId", "role");
CREATE UNIQUE INDEX "Event_slug_key" ON "Event" ("slug");
CREATE INDEX "Event_visibility_status_idx" ON "Event" ("visibility", "status");
CREATE INDEX "Event_publishedAt_idx" ON "Event" ("publishedAt");
CREATE INDEX "Event_communityId_idx" ON "Event" ("communityId");
CREATE INDEX "Event_deletedAt_idx" ON "Event" ("deletedAt");
CREATE UNIQUE INDEX "EventCollaborator_eventId_userId_key" ON "EventCollaborator" ("eventId", "userId");
CREATE UNIQUE INDEX "EventDailyStat_eventId_date_key" ON "EventDailyStat" ("eventId", "date");
CREATE INDEX "EventDailyStat_date_idx" ON "EventDailyStat" ("date");
CREATE UNIQUE INDEX "EventFeedback_eventId_rsvpId_key" ON "EventFeedback" ("eventId", "rsvpId");
CREATE INDEX "EventMessage_eventId_createdAt_idx" ON "EventMessage" ("eventId", "createdAt");
CREATE INDEX "EventReferral_eventId_idx" ON "EventReferral" ("eventId");
CREATE UNIQUE INDEX "EventReferral_code_key" ON "EventReferral" ("code");
CREATE INDEX "EventView_eventId_viewedAt_idx" ON "EventView" ("eventId", "viewedAt");
CREATE UNIQUE INDEX "Friendship_userId_friendId_key" ON "Friendship" ("userId", "friendId");
CREATE INDEX "Friendship_userId_status_idx" ON "Friendship" ("userId", "status");
CREATE INDEX "Friendship_friendId_status_idx" ON "Friendship" ("friendId", "status");
CREATE UNIQUE INDEX "Location_slug_key" ON "Location" ("slug");
CREATE INDEX "Order_eventId_idx" ON "Order" ("eventId");
CREATE INDEX "Order_eventId_status_idx" ON "Order" ("eventId", "status");
CREATE UNIQUE INDEX "Order_idempotencyKey_key" ON "Order" ("idempotencyKey");
CREATE INDEX "OrderItem_orderId_idx" ON "OrderItem" ("orderId");
CREATE INDEX "OrderItem_ticketTierId_idx" ON "OrderItem" ("ticketTierId");
CREATE UNIQUE INDEX "Payment_orderId_attemptNumber_key" ON "Payment" ("orderId", "attemptNumber");
CREATE INDEX "PromoCode_eventId_code_idx" ON "PromoCode" ("eventId", "code");
CREATE UNIQUE INDEX "PromoCode_eventId_code_key" ON "PromoCode" ("eventId", "code");
CREATE INDEX "RegistrationAnswer_rsvpId_idx" ON "RegistrationAnswer" ("rsvpId");
CREATE INDEX "RegistrationAnswer_questionId_idx" ON "RegistrationAnswer" ("questionId");
CREATE INDEX "RegistrationQuestion_eventId_position_idx" ON "RegistrationQuestion" ("eventId", "position");
CREATE INDEX "Rsvp_eventId_email_idx" ON "Rsvp" ("eventId", "email");
CREATE INDEX "Rsvp_eventId_status_idx" ON "Rsvp" ("eventId", "status");
CREATE INDEX "Rsvp_eventId_status_waitlistPosition_idx" ON "Rsvp" ("eventId", "status", "waitlistPosition");
CREATE UNIQUE INDEX "Session_sessionToken_key" ON "Session" ("sessionToken");
CREATE INDEX "TicketTier_eventId_idx" ON "TicketTier" ("eventId");
CREATE INDEX "TicketTier_eventId_visibility_idx" ON "TicketTier" ("eventId", "visibility");
CREATE UNIQUE INDEX "User_email_key" ON "User" ("email");
CREATE UNIQUE INDEX "User_username_key" ON "User" ("username");
CREATE INDEX "UserActivity_userId_createdAt_idx" ON "UserActivity" ("userId", "createdAt");
CREATE INDEX "UserActivity_targetId_targetType_idx" ON "UserActivity" ("targetId", "targetType");

ALTER TABLE "Account" ADD CONSTRAINT "Account_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "CheckIn" ADD CONSTRAINT "CheckIn_rsvpId_fkey" FOREIGN KEY ("rsvpId") REFERENCES "Rsvp" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Community" ADD CONSTRAINT "Community_ownerId_fkey" FOREIGN KEY ("ownerId") REFERENCES "User" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "CommunityMembership" ADD CONSTRAINT "CommunityMembership_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "CommunityMembership" ADD CONSTRAINT "CommunityMembership_communityId_fkey" FOREIGN KEY ("communityId") REFERENCES "Community" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "CommunityMembership" ADD CONSTRAINT "CommunityMembership_membershipTierId_fkey" FOREIGN KEY ("membershipTierId") REFERENCES "MembershipTier" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Event" ADD CONSTRAINT "Event_hostId_fkey" FOREIGN KEY ("hostId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Event" ADD CONSTRAINT "Event_communityId_fkey" FOREIGN KEY ("communityId") REFERENCES "Community" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Event" ADD CONSTRAINT "Event_locationId_fkey" FOREIGN KEY ("locationId") REFERENCES "Location" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EventCategory" ADD CONSTRAINT "EventCategory_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EventCategory" ADD CONSTRAINT "EventCategory_categoryId_fkey" FOREIGN KEY ("categoryId") REFERENCES "Category" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EventCollaborator" ADD CONSTRAINT "EventCollaborator_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventCollaborator" ADD CONSTRAINT "EventCollaborator_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventDailyStat" ADD CONSTRAINT "EventDailyStat_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventFeedback" ADD CONSTRAINT "EventFeedback_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "EventFeedback" ADD CONSTRAINT "EventFeedback_rsvpId_fkey" FOREIGN KEY ("rsvpId") REFERENCES "Rsvp" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventMessage" ADD CONSTRAINT "EventMessage_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventMessage" ADD CONSTRAINT "EventMessage_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EventMessage" ADD CONSTRAINT "EventMessage_parentId_fkey" FOREIGN KEY ("parentId") REFERENCES "EventMessage" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EventReferral" ADD CONSTRAINT "EventReferral_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventReferral" ADD CONSTRAINT "EventReferral_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "EventView" ADD CONSTRAINT "EventView_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "EventView" ADD CONSTRAINT "EventView_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Friendship" ADD CONSTRAINT "Friendship_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Friendship" ADD CONSTRAINT "Friendship_friendId_fkey" FOREIGN KEY ("friendId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "MembershipTier" ADD CONSTRAINT "MembershipTier_communityId_fkey" FOREIGN KEY ("communityId") REFERENCES "Community" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Order" ADD CONSTRAINT "Order_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Order" ADD CONSTRAINT "Order_appliedPromoCodeId_fkey" FOREIGN KEY ("appliedPromoCodeId") REFERENCES "PromoCode" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "OrderItem" ADD CONSTRAINT "OrderItem_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "OrderItem" ADD CONSTRAINT "OrderItem_ticketTierId_fkey" FOREIGN KEY ("ticketTierId") REFERENCES "TicketTier" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Payment" ADD CONSTRAINT "Payment_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "PromoCode" ADD CONSTRAINT "PromoCode_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "PromoCodeTier" ADD CONSTRAINT "PromoCodeTier_promoCodeId_fkey" FOREIGN KEY ("promoCodeId") REFERENCES "PromoCode" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "PromoCodeTier" ADD CONSTRAINT "PromoCodeTier_ticketTierId_fkey" FOREIGN KEY ("ticketTierId") REFERENCES "TicketTier" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Refund" ADD CONSTRAINT "Refund_paymentId_fkey" FOREIGN KEY ("paymentId") REFERENCES "Payment" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "RegistrationAnswer" ADD CONSTRAINT "RegistrationAnswer_rsvpId_fkey" FOREIGN KEY ("rsvpId") REFERENCES "Rsvp" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RegistrationAnswer" ADD CONSTRAINT "RegistrationAnswer_questionId_fkey" FOREIGN KEY ("questionId") REFERENCES "RegistrationQuestion" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "RegistrationQuestion" ADD CONSTRAINT "RegistrationQuestion_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "Rsvp" ADD CONSTRAINT "Rsvp_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Rsvp" ADD CONSTRAINT "Rsvp_ticketTierId_fkey" FOREIGN KEY ("ticketTierId") REFERENCES "TicketTier" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Rsvp" ADD CONSTRAINT "Rsvp_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Rsvp" ADD CONSTRAINT "Rsvp_orderId_fkey" FOREIGN KEY ("orderId") REFERENCES "Order" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "Rsvp" ADD CONSTRAINT "Rsvp_referralId_fkey" FOREIGN KEY ("referralId") REFERENCES "EventReferral" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "Session" ADD CONSTRAINT "Session_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "TicketTier" ADD CONSTRAINT "TicketTier_eventId_fkey" FOREIGN KEY ("eventId") REFERENCES "Event" ("id")
    ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "User" ADD CONSTRAINT "User_locationId_fkey" FOREIGN KEY ("locationId") REFERENCES "Location" ("id")
    ON DELETE SET NULL ON UPDATE CASCADE;
ALTER TABLE "UserActivity" ADD CONSTRAINT "UserActivity_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserCategory" ADD CONSTRAINT "UserCategory_userId_fkey" FOREIGN KEY ("userId") REFERENCES "User" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "UserCategory" ADD CONSTRAINT "UserCategory_categoryId_fkey" FOREIGN KEY ("categoryId") REFERENCES "Category" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE;
